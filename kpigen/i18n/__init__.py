"""What people read, in their language: messages, names of things, findings.

Translates what it is handed; what to say is decided above.
"""
