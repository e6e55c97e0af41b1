"""What an office must send upward: bulletins (工作简讯) and summaries (总结), as Word, Excel and PDF.

Rooms: `content` is all that a report says, `gathering` reads it, `narrative` puts it into sentences, `charts` draws it;
`word` fills a template (`standard_templates`, or one that was uploaded: `templates`, whose tags are in `tags`),
`sheets` writes the annex, `pdf` the same on paper; `asking` keeps what was asked for, `photos` what is shown in it,
`making` is the job that makes the file.
"""
