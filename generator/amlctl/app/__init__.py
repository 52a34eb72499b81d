"""One function a user's job: the only room that joins rooms.

In: a project folder and the names of environments. Out: values that the command line shows. Must not print, ask or
parse arguments: whoever calls hands over what confirms and what listens.
"""
