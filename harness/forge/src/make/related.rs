//! Several differently damaged requests beside one control.

use suite::case::{Instance, Policy};

use super::{ATTEMPTS, Forge, Made, make};
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};

/// Requests of which each differs from the control and from the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The request without a mutation.
    pub control: Made,
    /// The request of each mutation, in the order of the case.
    pub members: Vec<Made>,
}

impl Related {
    /// The same as a caller asks it under a policy: the default sends no allow-list.
    ///
    /// # Errors
    /// [`ForgeError::Unchanged`] when two of the requests are the same.
    pub fn under(&self, policy: Policy) -> Result<Self, ForgeError> {
        let mut related = self.clone();
        if policy == Policy::Default {
            for made in related.members.iter_mut().chain([&mut related.control]) {
                made.input.remove("allow");
            }
        }
        related.checked()
    }

    /// Refuses requests of which two are the same: they would be alike for no reason.
    fn checked(self) -> Result<Self, ForgeError> {
        let mut earlier = vec![&self.control];
        for made in &self.members {
            if earlier.iter().any(|other| other.input == made.input) {
                return Err(ForgeError::Unchanged);
            }
            earlier.push(made);
        }
        Ok(self)
    }
}

impl Forge<'_> {
    /// Forges an instance of a relation as a caller asks it who pins its algorithms.
    ///
    /// # Errors
    /// [`ForgeError`] when the recipe or a mutation cannot be made, when it changes nothing, or when the
    /// instance has no relation.
    pub fn related(&self, instance: &Instance) -> Result<Related, ForgeError> {
        if instance.related.is_empty() {
            return not_applicable("the case has no `same_rejection`");
        }
        // All of them are damages of one token, so the octets have to suit every mutation.
        let mut last = ForgeError::Unchanged;
        for attempt in 0..ATTEMPTS {
            let entropy = Entropy::new(&instance.entropy, attempt);
            let made: Result<Vec<Made>, ForgeError> = instance
                .related
                .iter()
                .map(|mutation| make(self.keys, &instance.recipe, Some(mutation), &entropy))
                .collect();
            match made {
                Ok(members) => {
                    let control = self.control(instance, attempt)?;
                    match (Related { control, members }).checked() {
                        Ok(related) => return Ok(related),
                        Err(error) => last = error,
                    }
                }
                Err(error @ ForgeError::Unlucky(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }
}
