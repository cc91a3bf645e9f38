"""The GraphQL face. The only room that imports Strawberry and graphql-core; imported by `hub.app` alone."""
