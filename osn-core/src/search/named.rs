//! Bodies, terms and whatever else has a name, searched the way services are.

use super::{Builder, Field, Index, Synonyms, at};

/// Things with texts of their own, ready to be searched.
#[derive(Debug)]
pub struct NamedIndex<Id> {
    index: Index,
    ids: Vec<Id>,
}

impl<Id: Copy> NamedIndex<Id> {
    /// The index of things, each with its texts. The order that they are given in decides between equals.
    pub fn new<'t, Texts>(things: impl IntoIterator<Item = (Id, Texts)>) -> Self
    where
        Texts: IntoIterator<Item = (Field, &'t str)>,
    {
        let mut builder = Builder::new();
        let mut ids = Vec::new();
        for (id, texts) in things {
            builder.document(texts, []);
            ids.push(id);
        }
        Self {
            index: builder.finish(),
            ids,
        }
    }

    /// Those that answer every word that somebody typed, the best answer first.
    pub fn find(&self, text: &str, synonyms: &Synonyms) -> Vec<Id> {
        let found = self.index.find(text, synonyms);
        if !found.complete {
            return Vec::new();
        }
        let ranked = found.ranked(|document| document);
        ranked
            .iter()
            .filter_map(|hit| self.ids.get(at(hit.document)))
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_form_and_the_name_counts_most() {
        let index = NamedIndex::new([
            (
                1,
                vec![(Field::Name, "Ένωση"), (Field::Description, "συσσίτια για όλους")],
            ),
            (2, vec![(Field::Name, "Κοινωνικό συσσίτιο")]),
            (3, vec![(Field::Name, "Στέγη")]),
        ]);
        let find = |text| index.find(text, &Synonyms::default());
        assert_eq!(find("ΣΥΣΣΊΤΙΟ"), [2, 1]);
        assert_eq!(find("sissitia"), [2, 1], "in Latin letters");
        assert_eq!(find("συσσίτιο στέγη"), Vec::<i32>::new(), "none answers both");
        assert_eq!(find("κολυμβητήριο"), Vec::<i32>::new());
    }
}
