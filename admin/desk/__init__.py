"""The prize desk (兑奖台): codes looked up and prizes handed out, claims read and what was posted."""
