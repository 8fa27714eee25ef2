//! What is asked over HTTP is forged when it is asked: mistakes are found before that.

use forge::{Forge, ForgeError, Setting};
use suite::answer::TYPES;
use suite::recipe::Way;
use suite::{Case, LoadError, Recipe, Suites};

use super::access_token::CHECKS;
use crate::plan::{Selection, instances};

/// Forges every question that is asked over HTTP, for a server that does not exist, and says how many
/// there are.
///
/// # Errors
/// [`LoadError::Content`] with the place of the first case that cannot be made, whose mutation
/// changes nothing, or whose answer is looked at by a name that nobody knows.
pub fn rehearse(suites: &Suites) -> Result<usize, LoadError> {
    let forge = Forge::new(&suites.keys);
    let mut count = 0;
    for (case, chosen) in instances(suites, &Selection::default(), Way::Http) {
        names(&case).map_err(|text| case.place.error(text))?;
        for index in chosen {
            let Some(instance) = case.instances.get(index) else { continue };
            let wrong = |error: ForgeError| {
                case.place.error(format!("{} [{}]: {error}", case.id, instance.cell))
            };
            let setting = Setting::default();
            match &instance.recipe {
                Recipe::Assertion(_) => {
                    let control = forge.presented(instance, false, &setting).map_err(wrong)?;
                    let made = forge.presented(instance, true, &setting).map_err(wrong)?;
                    if instance.mutation.is_some() && control == made {
                        return Err(wrong(ForgeError::Unchanged));
                    }
                }
                Recipe::Exchange(_) => {
                    forge.exchange(instance, true).map_err(wrong)?;
                }
                _ => {
                    forge.pair(instance).map_err(wrong)?;
                }
            }
            count += 1;
        }
    }
    Ok(count)
}

fn names(case: &Case) -> Result<(), String> {
    let answer = &case.answer;
    for name in &answer.access_token {
        if !CHECKS.iter().any(|check| check.name == name) {
            return Err(format!("nothing of an access token is called `{name}`"));
        }
    }
    for name in answer.types.values() {
        let plain = name.strip_suffix('?').unwrap_or(name);
        if !TYPES.iter().any(|row| row.name == plain) {
            return Err(format!("there is no type `{name}`"));
        }
    }
    Ok(())
}
