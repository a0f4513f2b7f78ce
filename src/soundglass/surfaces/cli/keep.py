"""``library info``, ``check`` and ``compact``: looking after a library."""

from __future__ import annotations

from dataclasses import asdict

import typer

from soundglass.surfaces.cli.options import JsonOption, LibraryOption, open_library

app = typer.Typer(help="What is in a library; its integrity; housekeeping.", no_args_is_help=True)


@app.command()
def info(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Say what is in the library."""
    from soundglass.surfaces.cli import show

    known = open_library(library).info()
    if json:
        show.print_json(asdict(known))
        return
    out = show.console()
    out.print(known.uri, markup=False)
    sources = ", ".join(f"{count:,} from {origin}" for origin, count in known.tracks.items()) or "none"
    out.print(f"tracks     {sources}")
    out.print(f"artists    {known.artists:,}\nalbums     {known.albums:,}\nplaylists  {known.playlists:,}")
    out.print(f"listened   {known.tokens:,} can be compared by spectrogram")
    out.print(f"length     {known.hours:,.1f} hours")
    if known.genres:
        genres = ", ".join(f"{genre} {count:,}" for genre, count in known.genres.items())
        out.print(show.plain(f"genres     {genres}"), markup=False)
    if known.flags:
        out.print(f"flags      {', '.join(f'{flag} {count:,}' for flag, count in known.flags.items())}")
    out.print(f"snapshot   {known.version}")
    out.print(f"columns    {', '.join(known.columns)}", style="dim")
    out.print(f"tags       {', '.join(known.tags)}", style="dim")


@app.command()
def check(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Read everything and report what is damaged, impossible or gone."""
    from soundglass.surfaces.cli import show

    health = open_library(library).check()
    if json:
        show.print_json(asdict(health))
    else:
        out = show.console()
        out.print(f"{health.tracks:,} tracks read, {len(health.problems)} problems")
        for problem in health.problems:
            out.print(f"  {problem}", markup=False)
        if health.missing_files:
            out.print(f"{health.missing_files:,} files are not where they were; scan again, or with --prune")
    if health.problems:
        raise typer.Exit(1)


@app.command()
def compact(library: LibraryOption = None, json: JsonOption = False) -> None:
    """Merge small pieces and drop old snapshots."""
    from soundglass.surfaces.cli import show

    done = open_library(library).compact()
    if json:
        show.print_json(done)
    else:
        before, after = done["fragments_before"], done["fragments_after"]
        typer.echo(f"{before} pieces are now {after}; {done['bytes_freed'] / 1e6:,.1f} MB freed")
