@echo off
rem The command line of a clone: built once, and again when its sources are newer; then it starts at once.
setlocal
set "here=%~dp0"
set "program=%here%artifacts\cli\LongT5.Cli.dll"
set "stamp=%here%artifacts\longt5.built"
if exist "%program%" if exist "%stamp%" (
  powershell -NoProfile -Command "$built = (Get-Item '%stamp%').LastWriteTimeUtc; $newer = Get-ChildItem '%here%src', '%here%Directory.*', '%here%global.json' -Recurse | Where-Object { $_.LastWriteTimeUtc -gt $built -and $_.FullName -notmatch 'LongT5\.(Training|Torch)' } | Select-Object -First 1; exit [int]($null -ne $newer)"
  if not errorlevel 1 goto run
)
where dotnet >nul 2>nul || (echo longt5: the .NET 10 SDK is needed; it is at https://dot.net/download 1>&2 & exit /b 1)
echo longt5: building; this is done once and takes about a minute ... 1>&2
if not exist "%here%artifacts" mkdir "%here%artifacts"
type nul > "%stamp%.new"
set publish=dotnet publish "%here%src\LongT5.Cli" -c Release -o "%here%artifacts\cli" -v quiet --nologo -nodeReuse:false
rem Compiled ahead it starts in two thirds of the time; a machine for which there is no such compiler does without.
%publish% -p:Ahead=true > "%stamp%.log" 2>&1 <nul || %publish% > "%stamp%.log" 2>&1 <nul || (type "%stamp%.log" 1>&2 & echo longt5: it does not build; see above 1>&2 & exit /b 1)
move /y "%stamp%.new" "%stamp%" >nul
:run
dotnet "%program%" %*
exit /b %errorlevel%
