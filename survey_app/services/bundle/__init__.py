"""The bundle for doubters: making it, keeping it, knowing when it is stale. The checker stands in
`survey_app.proof.verify`.
"""
