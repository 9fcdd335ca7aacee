/// Every public name of the core and of the laws has a sentence of documentation, and no file of the repository names a machine.
module DocumentationTests

open System
open System.IO
open System.Reflection
open System.Runtime.CompilerServices
open System.Xml.Linq
open Microsoft.FSharp.Reflection
open Expecto
open Functional

let private documented = [ typeof<Tensor>.Assembly; typeof<Verdict>.Assembly ]

let private declared =
    BindingFlags.Public ||| BindingFlags.Instance ||| BindingFlags.Static ||| BindingFlags.DeclaredOnly

// ---- the names of documentation

// A type as the documentation file writes it in the signature of a member.
let rec private written (t: Type) : string =
    if t.IsByRef then
        written (nonNull (t.GetElementType())) + "@"
    elif t.IsArray then
        let rank = t.GetArrayRank()
        // F#'s compiler writes one axis less than there are.
        let axes = String.Join(", ", Array.create (rank - 1) "0:")
        $"{written (nonNull (t.GetElementType()))}[{axes}]"
    elif t.IsGenericMethodParameter then
        $"``{t.GenericParameterPosition}"
    elif t.IsGenericParameter then
        $"`{t.GenericParameterPosition}"
    elif t.IsGenericType then
        let name = string (t.GetGenericTypeDefinition().FullName)
        let arguments = String.Join(",", t.GetGenericArguments() |> Array.map written)
        name.Substring(0, name.IndexOf '`').Replace('+', '.') + "{" + arguments + "}"
    else
        (string t.FullName).Replace('+', '.')

let private parameters (ps: ParameterInfo[]) =
    if ps.Length = 0 then
        ""
    else
        "(" + String.Join(",", ps |> Array.map (fun p -> written p.ParameterType)) + ")"

let private nameOf (t: Type) = (string t.FullName).Replace('+', '.')

let private isGenerated (m: MemberInfo) = m.IsDefined(typeof<CompilerGeneratedAttribute>, false)

let private isWritten (p: PropertyInfo) = not (isGenerated p) && p.GetAccessors() |> Array.forall (isGenerated >> not)

// What F# makes of a record or union by itself: equality, comparison, constructors, tests of cases.
let private isOwn (m: MethodInfo) = not m.IsSpecialName && not (isGenerated m) && m.GetBaseDefinition() = m

let private isUnion (t: Type) = FSharpType.IsUnion t && not (typeof<Collections.IEnumerable>.IsAssignableFrom t)

/// The documentation names of a public type and of its members: those that its author wrote.
let private names (t: Type) : string list =
    [
        $"T:{nameOf t}"

        if isUnion t then
            for case in FSharpType.GetUnionCases t do
                $"T:{nameOf t}.{case.Name}"
        elif FSharpType.IsRecord t then
            for field in FSharpType.GetRecordFields t do
                $"P:{nameOf t}.{field.Name}"
        elif t.IsEnum then
            for name in Enum.GetNames t do
                $"F:{nameOf t}.{name}"

        if not t.IsEnum then
            for p in t.GetProperties declared do
                if isWritten p then
                    $"P:{nameOf t}.{p.Name}{parameters (p.GetIndexParameters())}"

            for m in t.GetMethods declared do
                // Operators are special names as the getters of properties are, but they are written by hand.
                if isOwn m || m.Name.StartsWith "op_" then
                    let arity = if m.IsGenericMethod then $"``{m.GetGenericArguments().Length}" else ""
                    $"M:{nameOf t}.{m.Name}{arity}{parameters (m.GetParameters())}"
    ]

// The nested types that F# makes of a union's cases.
let private isCase (t: Type) = t.IsNested && isUnion (nonNull t.DeclaringType)

let private everyName =
    lazy
        [
            for assembly in documented do
                for t in assembly.GetExportedTypes() do
                    if not (isGenerated t || isCase t) then
                        yield! names t
        ]

// The documentation of all of them in one.
let private documentation () =
    let load (assembly: Assembly) =
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml"))

    let all = List.map load documented
    let members (xml: XDocument) = Seq.exactlyOne (xml.Descendants "members")

    for other in all.Tail do
        for entry in (members other).Elements() do
            (members all.Head).Add entry

    all.Head

let private members (xml: XDocument) =
    [
        for m in xml.Descendants "member" do
            string (nonNull (m.Attribute "name")).Value, m
    ]

/// The names without a sentence in this documentation.
let private undocumented (xml: XDocument) =
    let said =
        set
            [
                for name, m in members xml do
                    match m.Element "summary" with
                    | null -> ()
                    | summary when String.IsNullOrWhiteSpace summary.Value -> ()
                    | _ -> name
            ]

    everyName.Value |> List.filter (said.Contains >> not)

// ---- the files of the repository

let private root =
    let rec up (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "there is no Functional.sln above the tests"
        | folder when File.Exists(Path.Combine(folder.FullName, "Functional.sln")) -> folder.FullName
        | folder -> up folder.Parent

    lazy up (DirectoryInfo AppContext.BaseDirectory)

let private built = set [ "bin"; "obj"; ".git"; "artifacts"; ".vs"; ".idea"; ".vscode"; "TestResults"; "report" ]

let rec private files (folder: string) : string list =
    [
        yield! Directory.GetFiles folder

        for inner in Directory.GetDirectories folder do
            if not (built.Contains(string (Path.GetFileName inner))) then
                yield! files inner
    ]

// Written in two parts, so that this file does not name them.
let private forbidden =
    [
        for host, domain in
            [
                "nuget", "org"
                "pkgs.dev", "azure"
                "nuget.pkg", "github"
                "myget", "org"
                "jfrog", "io"
                "pypi", "org"
                "pythonhosted", "org"
                "npmjs", "org"
                "npmjs", "com"
                "crates", "io"
            ] do
            $"{host}.{domain}"
        for folder in [ "work/"; "root/"; "farm" ] do
            "/" + folder
    ]

/// The forbidden words of a file; a file with a byte 0 is no text.
let private offences (path: string) : string list =
    let bytes = File.ReadAllBytes path

    if Array.contains 0uy bytes then
        []
    else
        let text = Text.Encoding.UTF8.GetString bytes
        forbidden |> List.filter (fun word -> text.Contains(word, StringComparison.OrdinalIgnoreCase))

let tests =
    testList
        "documentation"
        [
            test "every public type and member of the core and of the laws has a summary" {
                Expect.isGreaterThan everyName.Value.Length 300 "the names that are looked at"
                Expect.equal (undocumented (documentation ())) [] "names without a summary"
            }

            test "every public name of the documentation file is looked at" {
                // So that no kind of member is passed over: what the file documents and the walk does not know is internal.
                let known = Set.ofList everyName.Value

                let isPublic (name: string) =
                    documented
                    |> List.tryPick (fun assembly -> Option.ofObj (assembly.GetType(name.Substring 2)))
                    |> Option.exists _.IsVisible

                let passed =
                    [
                        for name, _ in members (documentation ()) do
                            if name.StartsWith "T:" && isPublic name && not (known.Contains name) then
                                name
                    ]

                Expect.equal passed [] "types"
            }

            for name in
                [
                    "T:Functional.Tensor"
                    "T:Functional.FSharp.Tree"
                    "T:Functional.Tree`1.Node"
                    "F:Functional.Dtype.Bool"
                    "P:Functional.Param.Role"
                    "P:Functional.Counterexample.Found"
                    "M:Functional.FSharp.LawChains.Law.stationary(System.Double,System.Double[],System.Double[0:])"
                    "P:Functional.Tensor.Item(Functional.Slice[])"
                    "P:Functional.FSharp.Layers.Activation.relu"
                    "M:Functional.Tensor.op_Addition(System.Double,Functional.Tensor)"
                    "M:Functional.Slice.op_Implicit(System.Range)"
                    "M:Functional.FSharp.Layer.compose``3(Functional.Layer{``0,``1},Functional.Layer{``1,``2})"
                    "M:Functional.FSharp.SnapshotTrees.Snapshot.get_Params(Functional.Snapshot)"
                    "M:Functional.FSharp.RandomDiscrete.Random.permutation(System.Int32,Functional.Key)"
                ] do
                test $"{name} would be missed, without an entry and with an empty one" {
                    let empty, gone = documentation (), documentation ()
                    let entry xml = members xml |> List.find (fst >> (=) name) |> snd
                    (nonNull ((entry empty).Element "summary")).Value <- " "
                    (entry gone).Remove()
                    Expect.equal (undocumented empty) [ name ] "an empty summary"
                    Expect.equal (undocumented gone) [ name ] "no entry"
                }

            test "no file of the repository names a package registry or a folder of one machine" {
                let all = files root.Value
                Expect.isGreaterThan all.Length 100 "the files that are looked at"

                let found =
                    [
                        for path in all do
                            for word in offences path do
                                $"{Path.GetRelativePath(root.Value, path)}: {word}"
                    ]

                Expect.equal found [] "files and words"
            }

            test "each forbidden word would be found" {
                Support.inFolder (fun folder ->
                    let path = Path.Combine(folder, "a.txt")

                    for word in forbidden do
                        File.WriteAllText(path, $"see https://api.{word.ToUpperInvariant()}/v3")
                        Expect.equal (offences path) [ word ] "the word")
            }
        ]
