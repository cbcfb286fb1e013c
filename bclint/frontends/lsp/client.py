"""What the client can do, as it says when it introduces itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder, get_capability
from pygls.uris import to_fs_path

from bclint.frontends.lsp.actions import Abilities
from bclint.frontends.lsp.positions import Columns


@dataclass(frozen=True, slots=True)
class Client:
    """The abilities that make a difference; without an introduction, none."""

    columns: Columns = field(default_factory=Columns)
    relates: bool = False
    tags: frozenset[types.DiagnosticTag] = frozenset()
    hover_formats: tuple[types.MarkupKind, ...] | None = None
    """None where it does not say."""
    actions: Abilities = field(default_factory=Abilities)
    configures: bool = False
    """It can be asked for its settings."""
    tells_of_settings: bool = False
    """It can be asked to tell of changed settings."""
    watches: bool = False
    """It can be asked to tell of changed files."""
    shows_documents: bool = False

    @classmethod
    def of(cls, capabilities: types.ClientCapabilities) -> Client:
        """Read what a client says of itself."""

        def has(name: str) -> bool:
            return bool(get_capability(capabilities, name, False))

        properties = get_capability(
            capabilities, "text_document.code_action.resolve_support.properties", ()
        )
        tags = get_capability(
            capabilities, "text_document.publish_diagnostics.tag_support.value_set", ()
        )
        formats = get_capability(capabilities, "text_document.hover.content_format")
        encoding = ServerCapabilitiesBuilder.choose_position_encoding(capabilities)
        return cls(
            columns=Columns(str(getattr(encoding, "value", encoding))),
            relates=has("text_document.publish_diagnostics.related_information"),
            tags=frozenset(tags or ()),
            hover_formats=tuple(formats) if formats else None,
            actions=Abilities(
                resolves="edit" in (properties or ()),
                shows_disabled=has("text_document.code_action.disabled_support"),
                versions=has("workspace.workspace_edit.document_changes"),
            ),
            configures=has("workspace.configuration"),
            tells_of_settings=has("workspace.did_change_configuration.dynamic_registration"),
            watches=has("workspace.did_change_watched_files.dynamic_registration"),
            shows_documents=has("window.show_document.support"),
        )


def folders_of(params: types.InitializeParams) -> list[str]:
    """The folders that the client has open, absolute; those without a path are left out."""
    if params.workspace_folders:
        return paths_of(params.workspace_folders)
    path = to_fs_path(params.root_uri) if params.root_uri else params.root_path
    return [path] if path else []


def paths_of(folders: Sequence[types.WorkspaceFolder]) -> list[str]:
    """The paths of workspace folders, in their order."""
    return [path for folder in folders if (path := to_fs_path(folder.uri))]
