"""The local web pages: a server for one person on this machine, and the pages it serves.

`server` binds, serves and ends; `guard` says who is answered at all; `answers` turns functions into addresses.
A page is static/PAGE.html with the JS and CSS that it names, and a list of routes. Its rules: every address relative,
nothing from the network, no inline script or style (the Content-Security-Policy refuses them), requests as JSON.
"""
