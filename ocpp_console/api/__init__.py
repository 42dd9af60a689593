"""The HTTP control API: what a script, a test bench or the shell does to a running console.

How a program on this machine finds a running console: while its API runs, the console keeps a file in the folder
`running` beside the user's database (`running.folder()`), readable by the user alone:

    running/api-9180.json
    {"url": "http://127.0.0.1:9180", "token_file": "/home/me/.local/share/ocpp-console/api-token", "pid": 4711,
     "started": "2026-11-20T14:03:21Z", "port": 9000, "db": "/home/me/.local/share/ocpp-console/ocpp-console.db"}

`token_file` is null when the token was given as a setting (`api_token`): then the client needs the same setting. The
file goes when the API stops; one that a killed console left behind is recognised because nobody listens there.
`running.consoles()` gives those that live, the newest first. Neither that module nor `token` needs FastAPI.

Everything but `/healthz` wants `Authorization: Bearer <token>`; every error is application/problem+json.
"""
