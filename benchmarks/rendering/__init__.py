"""First paint, pan and zoom of graphs in a real browser: ours, ipysigma and pyvis in one run; saving and reopening a view."""
