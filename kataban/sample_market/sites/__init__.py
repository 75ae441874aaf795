"""One module per kind of site: `answer(ask, catalogue) -> Answer`, plain functions of the request and the catalogue."""
