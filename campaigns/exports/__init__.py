"""Tables to take away: everything that one may see, as xlsx or csv, made as a job and written in the audit log.

`datasets` is the one table of what there is and whose it is; `scopes` says for whom and of whom a table is made;
`entrants`, `winners` and `oversight` read the rows; `making` asks for an export, and is the job that makes it.
"""
