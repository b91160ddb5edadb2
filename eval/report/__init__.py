"""What is told of an `Evaluation`: Markdown and JSON for a machine or a pull request, HTML for a person.

Each form is one module with one function: `markdown.to_markdown`, `plain.to_json`, `html.to_html`. All of them take an
`Evaluation` and return text, or plain data; `written` puts them into a folder.
"""
