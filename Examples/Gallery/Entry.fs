namespace Functional.Examples

/// How a run was asked for.
type Request =
    {
        Seed: int
        Data: string option
        Epochs: int option
        Optimizer: string option
        Quick: bool
        CSharp: bool
    }

/// Where a run says how far it is.
type Reporter =
    {
        /// A line that stays.
        Tell: string -> unit
        /// The part that is done, 0 to 1, and what is being done; the next takes its place.
        Advance: float -> string -> unit
    }

/// A part of a report: what stands under the title is HTML.
type Section = { Title: string; Html: string }

/// What a run gives. The same seed gives the same metrics, so no time is among them; timings are in seconds.
type Outcome =
    {
        Data: string
        Metrics: (string * float) list
        Timings: (string * float) list
        /// Made only where a report is wanted.
        Sections: Lazy<Section list>
    }

/// A system of the gallery.
type Entry =
    {
        Name: string
        Description: string
        /// Whether it is written in C# too, to be run with --csharp.
        HasTwin: bool
        Run: Request -> Reporter -> Outcome
    }

    /// The line that `list` prints.
    member entry.Line =
        let only = if entry.HasTwin then "" else " (F# only)"
        $"{entry.Name, -14}{entry.Description}{only}"
