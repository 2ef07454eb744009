from acme.cli.main import main

main(prog_name="kiln")
