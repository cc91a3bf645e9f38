// The tabs a new visitor finds. Edit freely: the page reads this file as it is, without a build.
// Each entry: `query` (required), `variables` (a JSON text).

const commitments = `# Where commitments stand with the ERP,
# and what you may do with each.
query Commitments($first: Int!) {
  commitments(first: $first, orderBy: NUMBER_ASC) {
    totalCount
    nodes {
      id
      number
      title
      version
      originalAmount
      linkState
      company {
        name
      }
      viewerCan {
        send {
          allowed
          reasons {
            code
            message
            remedy
          }
        }
        accept {
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

const companies = `# Vendors that the ERP alone knows,
# and the companies of the directory that each may be.
query Companies($first: Int!) {
  companies(first: $first, filter: { linkState: { eq: READY_TO_IMPORT } }) {
    totalCount
    nodes {
      id
      name
      version
      link {
        externalId
      }
      suggestions {
        company {
          id
          name
          city
        }
        score
        reasonsFor
        reasonsAgainst
      }
    }
  }
}
`;

const waiting = `# What waits for an approver: sent, or failed in the ERP.
# The operation WaitingForApprover of the contract asks this of every object.
query Waiting($first: Int!, $states: [LinkState!]!) {
  commitments(first: $first, filter: { linkState: { in: $states } }) {
    nodes {
      id
      version
      linkState
      waitsFor
      number
      originalAmount
      viewerCan {
        accept {
          allowed
          reasons {
            code
            message
          }
        }
      }
    }
  }
  commitmentChangeOrders(first: $first, filter: { linkState: { in: $states } }) {
    nodes {
      id
      version
      linkState
      waitsFor
      number
      amount
      viewerCan {
        accept {
          allowed
          reasons {
            code
            message
          }
        }
      }
    }
  }
  subcontractorInvoices(first: $first, filter: { linkState: { in: $states } }) {
    nodes {
      id
      version
      linkState
      waitsFor
      invoiceNumber
      erpAmount
      viewerCan {
        accept {
          allowed
          reasons {
            code
            message
          }
        }
      }
    }
  }
  budgetChanges(first: $first, filter: { linkState: { in: $states } }) {
    nodes {
      id
      version
      linkState
      waitsFor
      title
      amount
      viewerCan {
        accept {
          allowed
          reasons {
            code
            message
          }
        }
      }
    }
  }
}
`;

const imports = `# The newest imports: how complete each list was,
# and the rows that were kept out, each with its reason.
query Imports($first: Int!) {
  syncRuns(first: $first) {
    nodes {
      id
      action
      trigger
      state
      proof
      lists {
        resource
        records
        amount
        proof
      }
      issues(first: 10) {
        totalCount
        nodes {
          objectType
          externalId
          code
          message
          details
        }
      }
    }
  }
  systems {
    name
    schedules {
      group
      frequency
      time
      zone
      nextRunAt
    }
  }
}
`;

const systems = `# How the connections are: what the last test found,
# how many calls are left, what people asked for in the project tool.
query Connections {
  systems {
    id
    name
    kind
    role
    state
    checks {
      name
      ok
      message
      checkedAt
    }
    traffic {
      breaker
      lastFailure
      nextProbeAt
      windows {
        seconds
        count
        used
        remaining
        resetsAt
      }
    }
    requests(first: 10) {
      nodes {
        name
        state
        message
        requestedBy {
          name
        }
      }
    }
  }
}
`;

const verify = `# Test a connection, as the ERP administrator: put in an id of the tab before.
# Each test takes an idempotency key of its own; what it found stands in the tab before.
# watchSystem, asked the same way, has the project tool tell the hub of changes.
mutation VerifySystem($input: SystemInput!) {
  verifySystem(input: $input) {
    run {
      id
      state
    }
    userErrors {
      code
      message
      remedy
    }
  }
}
`;

const runs = `# What the hub did lately.
query Runs($first: Int!) {
  syncRuns(first: $first) {
    nodes {
      id
      action
      state
      proof
      itemsDone
      itemsTotal
      recordsRead
      issuesCount
      errorCode
      errorMessage
      createdAt
      finishedAt
      requestedBy {
        name
      }
    }
  }
}
`;

const sendItems = `# Send a commitment for accounting acceptance:
# put in the id and the version that the first tab shows.
mutation SendItems($input: ItemsInput!) {
  sendItems(input: $input) {
    run {
      id
    }
    items {
      item {
        id
        version
        linkState
      }
      userErrors {
        code
        field
        message
        remedy
      }
    }
    userErrors {
      code
      message
    }
  }
}
`;

const runProgress = `# Follow a run until it ends.
subscription RunProgress($id: ID!) {
  runProgress(id: $id) {
    state
    step
    itemsDone
    itemsTotal
    recordsRead
    finishedAt
  }
}
`;

const json = (value) => JSON.stringify(value, null, 2);

export const examples = [
  { query: commitments, variables: json({ first: 10 }) },
  { query: companies, variables: json({ first: 10 }) },
  { query: waiting, variables: json({ first: 10, states: ["READY_TO_EXPORT", "FAILED"] }) },
  { query: imports, variables: json({ first: 5 }) },
  { query: systems },
  { query: verify, variables: json({ input: { idempotencyKey: "explorer-2", systemId: "…" } }) },
  { query: runs, variables: json({ first: 10 }) },
  {
    query: sendItems,
    variables: json({
      input: { idempotencyKey: "explorer-1", items: [{ id: "…", expectedVersion: 1 }] },
    }),
  },
  { query: runProgress, variables: json({ id: "…" }) },
];
