namespace Functional

open System
open System.Collections.Generic

/// What a file has under a name: a tensor, or something that is not read as one.
[<NoComparison>]
type FileEntry =
    {
        /// The name.
        Name: string
        /// The type of the elements, as the file calls it; empty for what has none.
        Type: string
        /// The length of each axis.
        Shape: IReadOnlyList<int>
        /// Why it is not read; null for what is.
        Problem: string | null
    }

    /// Name, type, shape and problem in one line.
    override entry.ToString() =
        let shape = String.Join("; ", entry.Shape)

        match entry.Problem with
        | null -> $"{entry.Name}: {entry.Type} [{shape}]"
        | problem when entry.Type = "" -> $"{entry.Name}: {problem}"
        | problem -> $"{entry.Name}: {entry.Type} [{shape}], {problem}"

namespace Functional.FSharp

open System

/// What the names of tensors in files must be.
module internal EntryName =

    // Names are paths of trees, which have no more levels.
    let private mostParts = 1000

    /// What is wrong with a name, if anything is.
    let problem (name: string) : string voption =
        let parts = 1 + MemoryExtensions.Count(name.AsSpan(), '/')

        if parts > mostParts then
            ValueSome
                $"the name '{Refusal.shown name}' has {parts} parts between slashes, and no more than {mostParts} are read"
        else
            ValueNone

    /// Which of these names are not among those that a file has: a refusal that lists what there is.
    let requireAll (parameter: string) (path: string) (known: string seq) (names: string seq) : unit =
        let there = Collections.Generic.HashSet known

        match Seq.tryFind (there.Contains >> not) names with
        | None -> ()
        | Some missing ->
            let listed = there |> Seq.truncate 10 |> Seq.map Refusal.shown |> String.concat ", "
            let more = if there.Count > 10 then $" and {there.Count - 10} more" else ""
            invalidArg parameter $"{path} has no '{Refusal.shown missing}'; it has {listed}{more}"
