"""Reading keys and threads, as somebody. One module each."""
