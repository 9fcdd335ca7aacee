/// Files that are replaced: their modes, links to them and long names, for all that saves.
module SavingTests

open System
open System.IO
open Expecto
open Functional
open Functional.FSharp
open Support

let private x = Tensor.ones [ 2; 3 ]
let private empty: State = Tree.empty

let private snapshot =
    Snapshot.create
        1
        (Key.ofSeed 1)
        (Node [ "weight", Leaf { Role = Role.Weight; Value = x } ])
        empty
        empty
        (Tensor.scalar 1.0)

let private writers: (string * (string -> unit)) list =
    [
        "Npy.save", (fun path -> Npy.save path x)
        "Npy.saveMap", (fun path -> Npy.saveMap path (Map.ofList [ "x", x ]))
        "Safetensors.save", (fun path -> Safetensors.save path x)
        "Safetensors.saveMap", (fun path -> Safetensors.saveMap path (Map.ofList [ "x", x ]))
        "Checkpoint.save", (fun path -> Checkpoint.save path snapshot)
    ]

let private entries (folder: string) = Directory.GetFileSystemEntries folder |> Array.map Path.GetFileName |> Array.sort

let tests =
    testList
        "saving"
        [
            for name, save in writers do
                let fresh =
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, "x") in

                        (save path
                         File.ReadAllBytes path))

                if not (OperatingSystem.IsWindows()) then
                    test $"{name}: a file that is replaced keeps its mode" {
                        inFolder (fun folder ->
                            let path = Path.Combine(folder, "x")

                            for mode in
                                [
                                    UnixFileMode.UserRead ||| UnixFileMode.UserWrite
                                    UnixFileMode.UserRead ||| UnixFileMode.GroupRead
                                    enum<UnixFileMode> 0o666
                                ] do
                                File.Delete path
                                File.WriteAllText(path, "before")
                                File.SetUnixFileMode(path, mode)
                                save path
                                Expect.equal (File.GetUnixFileMode path) mode "mode"
                                Expect.sequenceEqual (File.ReadAllBytes path) fresh "content")
                    }

                test $"{name}: a symbolic link stays, and what it leads to is replaced" {
                    inFolder (fun folder ->
                        let inner = Directory.CreateDirectory(Path.Combine(folder, "inner")).FullName
                        let target, link = Path.Combine(inner, "target"), Path.Combine(folder, "link")
                        // A relative link to a link to a file that is not there yet.
                        File.CreateSymbolicLink(Path.Combine(inner, "second"), "target") |> ignore
                        File.CreateSymbolicLink(link, Path.Combine("inner", "second")) |> ignore

                        for before in [ None; Some "before" ] do
                            before |> Option.iter (fun text -> File.WriteAllText(target, text))
                            save link
                            Expect.equal (FileInfo link).LinkTarget (Path.Combine("inner", "second")) "the link"
                            Expect.sequenceEqual (File.ReadAllBytes target) fresh "its target"

                            Expect.equal
                                (entries folder, entries inner)
                                ([| "inner"; "link" |], [| "second"; "target" |])
                                "nothing else")
                }

                test $"{name}: names of 255 bytes, the most that file systems take" {
                    for file in [ String('a', 255); String('ü', 127) + "a"; String.replicate 63 "😀" + "abc" ] do
                        inFolder (fun folder ->
                            let path = Path.Combine(folder, file)

                            for _ in 1..2 do
                                save path
                                Expect.sequenceEqual (File.ReadAllBytes path) fresh "content"
                                Expect.equal (entries folder) [| file |] "nothing beside it")
                }

            test "what fails leaves the file, its mode and nothing beside it" {
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x")
                    File.WriteAllText(path, "before")

                    expectError<InvalidOperationException> [ "halfway" ] (fun () ->
                        AtomicFile.write path (fun file ->
                            file.WriteByte 1uy
                            raise (InvalidOperationException "halfway")))

                    Expect.equal (File.ReadAllText path) "before" "the old content"
                    Expect.equal (entries folder) [| "x" |] "nothing beside it")
            }
        ]
