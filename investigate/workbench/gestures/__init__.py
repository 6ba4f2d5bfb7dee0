"""The gestures, by what they are for. Each function here is a method of the workbench."""
