"""What is asked: three reads and a mutation, each by those who would ask it."""

from dataclasses import dataclass
from typing import Any

#: An order that a provider looks at.
LOOK_UP = """
query LookUp($id: ID!) {
  order(id: $id) { id title status urgency city country createdAt budgetMax { amount currency } }
}
"""

#: A client's orders with all that is shown of each.
NESTED = """
query Nested {
  orders(first: 50, order: [{ bidCount: DESC }]) {
    edges {
      node {
        id
        title
        status
        city
        createdAt
        client { id name }
        serviceSubcategory { id name category { id name } }
        bids(first: 5) {
          edges {
            node {
              id
              status
              createdAt
              amount { amount currency }
              provider { id businessName averageRating }
            }
          }
        }
      }
    }
  }
}
"""

#: What a provider finds in the marketplace.
FLAT = """
query Flat {
  orders(first: 100) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id title status city createdAt budgetMax { amount currency } } }
  }
}
"""

PLACE_BID = """
mutation PlaceBid($input: PlaceBidInput!) {
  placeBid(input: $input) {
    __typename
    ... on Bid { id status createdAt amount { amount currency } order { id bidCount } }
    ... on OperationInfo { messages { code } }
  }
}
"""


@dataclass(frozen=True)
class Ask:
    """A request: on whose behalf, and with which variables."""

    token: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A document with requests for it."""

    name: str
    operation: str
    document: str
    asks: list[Ask]
    #: Each request is made once, for a repeat would be another one.
    once: bool = False

    def body(self, ask: Ask) -> dict[str, Any]:
        """The JSON of a request."""
        return {
            "operationName": self.operation,
            "query": self.document,
            "variables": ask.variables,
        }
