#!/bin/sh
# Clone a plugin's repository into plugins/, and write it to plugins.toml:
#
#   scripts/install-plugin.sh git@git.acme.example:kiln/kiln-notifier-mail.git
exec "${PANTS:-pants}" plugin-checkouts --add="$1"
