"""The commands, a module for each kind; heavy packages are imported inside them, so that --help is quick."""
