"""JSON-RPC 2.0 for programs: ``framing`` (messages on a stream), ``connections`` (stdio, socket, pipe), ``server``
(requests to answers), ``methods`` (one function a method of the protocol)."""
