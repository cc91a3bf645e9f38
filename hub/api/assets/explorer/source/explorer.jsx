// The page: GraphiQL under a bar that holds the bearer token.
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { examples } from "./examples.js";
import { createFetcher } from "./fetcher.js";
import { connectTokenForm, showAnswerStatus } from "./token.js";
import "./page.css";

function Explorer() {
  const [token, setToken] = useState(() => connectTokenForm((changed) => setToken(changed)));
  const fetcher = useMemo(() => createFetcher(token, token ? showAnswerStatus : () => {}), [token]);
  return (
    <GraphiQL
      // A new token is a new viewer: answers and streams of the last one end, the tabs come back from the storage.
      key={token}
      fetcher={fetcher}
      // Without a token there is nobody to show the schema to, so it is not asked for.
      schema={token ? undefined : null}
      inputValueDeprecation
      schemaDescription
      defaultTabs={examples}
      // Drafts and history end with the browser tab, like the token: they may name companies and amounts.
      storage={window.sessionStorage}
      forcedTheme="system"
      defaultEditorToolsVisibility="variables"
      isHeadersEditorEnabled={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>{null}</GraphiQL.Logo>
    </GraphiQL>
  );
}

/** GraphiQL fills its variables editor from the storage alone, so the first example is laid there too. */
function layFirstExample(storage) {
  if (storage.getItem("graphiql:tabState")) return;
  storage.setItem("graphiql:query", examples[0].query);
  storage.setItem("graphiql:variables", examples[0].variables ?? "");
}

layFirstExample(window.sessionStorage);
createRoot(document.getElementById("explorer")).render(<Explorer />);
