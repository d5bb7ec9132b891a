// Shows the OpenAPI document. A file of its own, because the page allows no inline script.
const viewer = document.getElementById("viewer");
window.SwaggerUIBundle({ url: viewer.dataset.schema, domNode: viewer, deepLinking: true });
