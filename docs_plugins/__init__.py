"""The documentation plugin: pages whose values are computed by minigrad while the site is built."""
