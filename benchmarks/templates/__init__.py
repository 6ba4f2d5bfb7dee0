"""Time and memory of every template by size, each run as a person starts it: `investigate run ...`, in a process of its own."""
