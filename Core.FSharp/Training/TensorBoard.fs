namespace Functional.FSharp

open System
open Functional

/// Event files for TensorBoard.
[<RequireQualifiedAccess>]
module TensorBoard =

    /// The same snapshots; as each is walked past, its numbers are appended under its step to a new event file in a folder, which
    /// is made where it is missing. A file is begun whenever the sequence is walked.
    let log (folder: string) (numbers: Snapshot -> (string * float) seq) (snapshots: Snapshot seq) : Snapshot seq =
        if String.IsNullOrWhiteSpace folder then
            invalidArg (nameof folder) "log: the folder for event files has no name"

        seq {
            let write = Events.scalars folder

            for snapshot in snapshots do
                for name, value in numbers snapshot do
                    write snapshot.Step name value

                yield snapshot
        }
