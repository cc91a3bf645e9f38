"""What the hub knows and does: its rooms, and who may import whom.

    demo, __main__                start the processes; sandboxes and embedded are theirs alone
    app                           the composition root of the API
    api                           the GraphQL face
    actions, reports              what people ask for, what they are told
    sync                          how items move
    connectors                    one folder per system, none knows another
    erp, http                     what any other system is to us, and the one way out
    access                        who may do what
    objects                       the objects, one file each
    core, codes, errors, settings the vocabulary

Each line may import the lines below it, never one above. `jobs` stands beside `app`, `db` below everything."""
