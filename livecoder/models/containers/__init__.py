"""Readers of weight files. Every file is hostile until parsed."""
