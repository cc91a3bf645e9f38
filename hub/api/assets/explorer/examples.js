// The tabs a new visitor finds. Edit freely: the page reads this file as it is, without a build.
// Each entry: `query` (required), `variables` (a JSON text).

const commitments = `# Where commitments stand with the ERP,
# and what you may do with each.
query Commitments($first: Int!) {
  commitments(first: $first) {
    edges {
      node {
        id
        number
        title
        linkState
        viewerCan {
          action
          allowed
          reasons {
            code
            message
            remedy
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`;

const companies = `# Companies, and the vendors each might be.
query Companies($first: Int!) {
  companies(first: $first) {
    edges {
      node {
        id
        name
        linkState
        suggestions {
          score
          vendor {
            id
            name
          }
        }
      }
    }
  }
}
`;

const runs = `# What the hub did lately.
query Runs($first: Int!) {
  runs(first: $first) {
    edges {
      node {
        id
        kind
        state
        startedAt
        finishedAt
      }
    }
  }
}
`;

const send = `# Sends items to the ERP. The same
# idempotencyKey twice does the work once.
mutation SendItems($input: SendItemsInput!) {
  sendItems(input: $input) {
    run {
      id
      state
    }
    items {
      item {
        id
        linkState
      }
      userErrors {
        code
        field
        message
        remedy
      }
    }
  }
}
`;

const follow = `# Follows a run to its end; SendItems
# answers with its id.
subscription RunProgress($runId: ID!) {
  runProgress(runId: $runId) {
    state
    done
    total
  }
}
`;

const json = (value) => JSON.stringify(value, null, 2);

export const examples = [
  { query: commitments, variables: json({ first: 10 }) },
  { query: companies, variables: json({ first: 10 }) },
  { query: runs, variables: json({ first: 10 }) },
  {
    query: send,
    variables: json({
      input: { idempotencyKey: "explorer-1", items: [{ id: "…", expectedVersion: 1 }] },
    }),
  },
  { query: follow, variables: json({ runId: "…" }) },
];
