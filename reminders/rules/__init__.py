"""The rules of reminding, in plain Python: values in, values out.

When a text is due, what it may say, how long it is, what a reply means, what a provider's answer
means and which state may follow which. Nothing here imports Django or the portal, so every odd
date and every odd reply is tested without a database.
"""
