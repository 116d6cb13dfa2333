"""Writing keys and threads: every signature, link and place that public data can show is checked
here, and nothing is ever opened. One module each.
"""
