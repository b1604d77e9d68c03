"""What the sentence of every frame of an explorer must say, computed another way; one module a chapter.

`TRUTH` maps the name of an explorer to a function of its stops that returns parts of the sentence.
"""
