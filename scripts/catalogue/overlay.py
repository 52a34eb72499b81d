"""Stub."""


def apply_overlay(provider, steps):
    pass
