module NativeTests

open System
open System.IO
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support

let private bridge =
    lazy
        let path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so")

        if not (File.Exists path) then
            skiptest "LibTorchSharp for Linux is not beside the tests"

        File.ReadAllBytes path

let private version, symbol = "GLIBCXX_3.4.32", "_ZSt21ios_base_library_initv"

let private refused (words: string list) version symbol image =
    expectError<InvalidDataException> words (fun () -> Elf.markWeak version symbol image |> ignore)

let private elf =
    testList
        "ELF"
        [
            test "one flag of one needed version changes, and once is enough" {
                let image = bridge.Value
                let weak = Elf.markWeak version symbol image

                let changed =
                    [
                        for i in 0 .. image.Length - 1 do
                            if image[i] <> weak[i] then
                                image[i], weak[i]
                    ]

                Expect.equal changed [ 0uy, 2uy ] "the flag VER_FLG_WEAK"

                Expect.isTrue
                    (obj.ReferenceEquals(Elf.markWeak version symbol weak, weak))
                    "a file that is fit comes back as it is"
            }

            test "a version that nobody asks for: the file comes back as it is" {
                let image = bridge.Value
                Expect.isTrue (obj.ReferenceEquals(Elf.markWeak "GLIBCXX_9.9.9" symbol image, image)) "untouched"
            }

            test "a version that other symbols need, or that a relocation uses, is refused" {
                refused [ symbol; version ] version "another_symbol" bridge.Value
                refused [ "GLIBCXX_3.4" ] "GLIBCXX_3.4" symbol bridge.Value
                refused [ "relocation"; "memcpy" ] "GLIBC_2.14" "memcpy" bridge.Value
            }

            test "what is no ELF file, and one of another kind, is refused" {
                refused [ "ends at byte 0" ] version symbol [||]
                refused [ "no ELF file" ] version symbol (Array.create 64 65uy)
                refused [ "x86-64" ] version symbol (Array.updateAt 18 183uy bridge.Value)
                refused [ "x86-64" ] version symbol (Array.updateAt 4 1uy bridge.Value)
            }

            test "a file cut short anywhere is refused" {
                let image = bridge.Value

                for i in 0..40 do
                    expectError<InvalidDataException> [] (fun () ->
                        Elf.markWeak version symbol image[.. i * (image.Length / 41) - 1] |> ignore)
            }

            testProperty "a file with changed bytes is edited or refused, never anything else"
            <| fun (changes: (uint16 * byte) list) ->
                let image = Array.copy bridge.Value
                // The header, the section headers at the end, and what lies at the beginning: where the tables are.
                for at, value in changes do
                    let at = int at
                    image[if at % 2 = 0 then at % 4096 else image.Length - 1 - at % 4096] <- value

                try
                    Elf.markWeak version symbol image |> ignore
                with :? InvalidDataException ->
                    ()
        ]

let private natives = [ "libc10.so"; "libtorch_cpu.so"; "libtorch.so" ]

let private loader =
    testList
        "loader"
        [
            test "one folder must hold all of libtorch; LibTorchSharp may lie elsewhere" {
                let at (files: string list) path = List.contains path files
                let all folder = [ for file in natives -> $"{folder}/{file}" ]
                let bridge = "/b/libLibTorchSharp.so"
                let find files = Loader.locate (at files) natives [ "/a"; "/b" ]
                Expect.equal (find (bridge :: all "/a")) (Ok(all "/a" @ [ bridge ])) "found, in order"

                Expect.equal
                    (find [ bridge; "/a/libc10.so"; "/b/libtorch.so"; "/b/libtorch_cpu.so" ])
                    (Error [ "libc10.so" ])
                    "halves do not make a whole"

                Expect.equal (find (all "/a")) (Error [ "libLibTorchSharp.so" ]) "only the bridge is missing"

                Expect.equal
                    (Loader.locate (at [ bridge ]) [] [ "/a"; "/b" ])
                    (Ok [ bridge ])
                    "libtorch is loaded already"
            }

            test "the natives of F# Interactive lie in the package folders around" {
                let folders =
                    Loader.beside
                        (fun _ -> [ "/p/libtorch-cpu-linux-x64/2.10.1"; "/p/libtorch-cpu-linux-x64/2.9.0" ])
                        "/p/torchsharp/0.107.0/lib/net8.0"

                let expected =
                    [ "2.10.0"; "2.10.1" ]
                    |> List.map (fun version -> $"/p/libtorch-cpu-linux-x64/{version}/runtimes/linux-x64/native")

                for folder in expected do
                    Expect.contains folders folder "the package's folder"

                Expect.isFalse (folders |> List.exists _.Contains("2.9.0")) "no other version"

                Expect.equal
                    (Loader.beside (fun _ -> []) "/app")
                    [ "/app"; "/app/runtimes/linux-x64/native" ]
                    "a program's own folder"
            }

            test "each system is told its package, in the versions of paket.dependencies" {
                let rec root (folder: DirectoryInfo) =
                    if File.Exists(Path.Combine(folder.FullName, "paket.dependencies")) then
                        folder
                    else
                        root (nonNull folder.Parent)

                let versions =
                    [
                        for line in
                            File.ReadLines(
                                Path.Combine(
                                    (root (DirectoryInfo AppContext.BaseDirectory)).FullName,
                                    "paket.dependencies"
                                )
                            ) do
                            match line.Split(' ', StringSplitOptions.RemoveEmptyEntries) with
                            | [| "nuget"; name; version |] -> name, version
                            | _ -> ()
                    ]

                for system in [ "linux-x64"; "win-x64"; "osx-arm64" ] do
                    let version = versions |> List.find (fst >> (=) $"libtorch-cpu-{system}") |> snd
                    let advice = Loader.advice system natives
                    Expect.stringContains advice $"dotnet add package libtorch-cpu-{system} --version {version}" system
                    Expect.stringContains advice $"#r \"nuget: libtorch-cpu-{system}, {version}\"" system

                let torchSharp = versions |> List.find (fst >> (=) "TorchSharp") |> snd

                Expect.stringContains
                    (Loader.advice "linux-x64" [ "libLibTorchSharp.so" ])
                    $"TorchSharp {torchSharp}"
                    "only the bridge is missing"

                Expect.stringContains
                    (Loader.advice "linux-musl-x64" natives)
                    "no package for this system, linux-musl-x64"
                    "musl"

                Expect.stringContains
                    (Loader.advice "linux-arm64" natives)
                    "linux-x64, win-x64, osx-arm64"
                    "what there is"
            }

            test "a program that references no libtorch is told which package to add" {
                inFolder (fun folder ->
                    for file in Directory.GetFiles(AppContext.BaseDirectory) do
                        let name = Path.GetFileName file |> string
                        // Without the list of its dependencies a program has what lies beside it: here, no natives.
                        if name.EndsWith ".dll" || name.EndsWith ".runtimeconfig.json" then
                            File.Copy(file, Path.Combine(folder, name))

                    let _, output =
                        runProgram "dotnet" [ Path.Combine(folder, "Tests.Properties.dll"); "child"; "tensor" ]

                    Expect.stringContains output "dotnet add package libtorch-cpu-" "what to do"
                    Expect.equal (Directory.GetDirectories folder) [||] "nothing was copied beside it")
            }

            test "two programs at once both work, and nothing is written" {
                let listing () =
                    [
                        for file in Directory.GetFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories) ->
                            file, FileInfo(file).Length, File.GetLastWriteTimeUtc file
                    ]

                let before = listing ()
                let results = Array.Parallel.map (fun _ -> runChild [ "child"; "tensor" ]) [| 1; 2 |]

                Expect.equal
                    (results |> Array.map (fun (code, output) -> code, output.Trim()))
                    [| 0, "4"; 0, "4" |]
                    "both"

                Expect.equal (listing ()) before "the folder is as it was"
            }
        ]

let private operations =
    testList
        "operations"
        [
            test "beside a thread that allocates and collects: no signal, the same bits" {
                let code, output = runChild [ "child"; "stress"; "2" ]
                Expect.equal code 0 output
                Expect.stringContains output "the same bits" output
            }

            test "whatever a function is given, the process lives: a tensor or an ArgumentException" {
                // One call in 15, and beside a thread that allocates and collects one in 200.
                let calls =
                    [| 15, false; 200, true |]
                    |> Array.Parallel.map (fun (stride, beside) -> NativeHunt.calls stride 7 beside)

                Expect.isGreaterThan calls[0] 4000 "calls"
                Expect.isGreaterThan calls[1] 300 "calls beside it"
            }
        ]

let tests = testList "native" [ elf; loader; operations ]
