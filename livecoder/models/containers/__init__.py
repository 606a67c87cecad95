"""Readers of weight files. Every file is hostile until parsed.

`reading` takes any path and tells the kinds apart; a module each reads one kind. Those raise
`ModelFileError` with the bare fact ("its block 3 has a wrong checksum"); `reading` adds which file
it was and what to do.
"""
