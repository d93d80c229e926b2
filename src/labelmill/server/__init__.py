"""HTTP only: parse, authorize, call, answer. One file per noun; `app` puts them together."""
