"""WeCom (企业微信): an application's client, its messages, the company's directory, and who opens a page."""
