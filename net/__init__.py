"""A serverless substrate for programs of one LAN: see docs/PROTOCOL.md and ARCHITECTURE.md."""
