"""Bytes in, an `Inbound` out; a `Reply` in, bytes out: a module a channel."""
