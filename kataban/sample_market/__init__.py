"""The sample market: bundled shops on the loopback address that speak like the real sources.

A newcomer sees the whole product work on it, and the tests measure the product against it. Its pages are our own,
written from what is known of the sites; its goods, sellers and traps are data (`catalogue/*.toml`, described in
docs/sample-market.md). The product never imports this package; this package imports no spider, parser or matcher.
"""
