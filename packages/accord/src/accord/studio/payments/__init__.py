"""What central bankers look at: the page of a settled day, and the page of a case that was learned.

`study` measures a day once under several settlement systems; `figures`, `story` and `page` show it. `case_figures`,
`case_story` and `case_page` show banks that learned beside what is exact.
"""
