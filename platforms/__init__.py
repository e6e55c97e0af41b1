"""Who we speak to outside: clients of WeChat, WeCom, SMS gateways and mail live here. So far we only answer."""
