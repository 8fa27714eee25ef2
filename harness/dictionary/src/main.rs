//! `dictionary FOLDER`: writes every dictionary into the folder.

use std::process::ExitCode;

use dictionary::DICTIONARIES;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [folder] = arguments.as_slice() else {
        eprintln!("usage: dictionary FOLDER");
        return ExitCode::from(4);
    };
    for dictionary in DICTIONARIES {
        let path = std::path::Path::new(folder).join(format!("{}.dict", dictionary.name));
        if let Err(error) = std::fs::write(&path, dictionary.text()) {
            eprintln!("error: {}: {error}", path.display());
            return ExitCode::from(2);
        }
        println!("{}", path.display());
    }
    ExitCode::SUCCESS
}
