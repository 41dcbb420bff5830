// n8n loads the nodes and credentials by the `n8n` block of package.json; there is nothing to import from here.
module.exports = {};
