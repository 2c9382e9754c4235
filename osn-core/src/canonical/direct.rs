//! Canonical JSON written straight from a Rust value, without a tree in between.
//!
//! It knows the ordinary case only: keys of plain ASCII, exact integers. Whatever else it meets it leaves to the tree, which
//! sorts and normalises every key and says where and why a value is refused. So it is a shorter way, never a second opinion.

use std::fmt::{Display, Write as _};

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::{MAX_DEPTH, MAX_SAFE_INTEGER, write_string};

/// The canonical text, or `None` where the value is not of the ordinary kind.
pub(super) fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut writer = Writer::default();
    value.serialize(&mut writer).ok()?;
    Some(writer.out)
}

/// Not ordinary: the tree decides.
#[derive(Debug, thiserror::Error)]
#[error("left to the tree")]
struct Leave;

impl ser::Error for Leave {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

type Written = Result<(), Leave>;

#[derive(Default)]
struct Writer {
    out: String,
    /// Members of all objects that are open, the innermost last.
    members: Vec<Member>,
    /// Room to bring members into their order.
    sorted: String,
    depth: usize,
}

/// A member as it stands in the text, without the comma behind it: `"key":value`.
#[derive(Clone, Copy)]
struct Member {
    from: usize,
    key_to: usize,
    to: usize,
}

impl Writer {
    fn integer(&mut self, negative: bool, magnitude: u64) -> Written {
        if magnitude > MAX_SAFE_INTEGER {
            return Err(Leave);
        }
        let sign = if negative { "-" } else { "" };
        write!(self.out, "{sign}{magnitude}").map_err(|_| Leave)
    }

    fn enter(&mut self) -> Written {
        if self.depth >= MAX_DEPTH {
            return Err(Leave);
        }
        self.depth = self.depth.saturating_add(1);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// An array.
struct List<'a> {
    writer: &'a mut Writer,
    empty: bool,
}

impl<'a> List<'a> {
    fn open(writer: &'a mut Writer) -> Result<Self, Leave> {
        writer.out.push('[');
        writer.enter()?;
        Ok(Self { writer, empty: true })
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        if !self.empty {
            self.writer.out.push(',');
        }
        self.empty = false;
        value.serialize(&mut *self.writer)
    }

    fn close(self) {
        self.writer.out.push(']');
        self.writer.leave();
    }
}

/// An object. Its members are written as they come and brought into their order at the end.
struct Object<'a> {
    writer: &'a mut Writer,
    /// The first of its members in the common list.
    first: usize,
    /// Where the key of the member at hand begins and ends.
    key: (usize, usize),
}

impl<'a> Object<'a> {
    fn open(writer: &'a mut Writer) -> Result<Self, Leave> {
        writer.out.push('{');
        writer.enter()?;
        Ok(Self {
            first: writer.members.len(),
            writer,
            key: (0, 0),
        })
    }

    /// Keys without escapes and of ASCII only: for these every order of comparing is the same.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        let from = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        let written = self.writer.out.get(from..).ok_or(Leave)?;
        let text = written.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        if !text.is_some_and(|text| text.bytes().all(plain)) {
            return Err(Leave);
        }
        self.key = (from, self.writer.out.len());
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.writer.out.push(':');
        value.serialize(&mut *self.writer)?;
        let (from, key_to) = self.key;
        self.writer.members.push(Member {
            from,
            key_to,
            to: self.writer.out.len(),
        });
        self.writer.out.push(',');
        Ok(())
    }

    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Written {
        self.key(key)?;
        self.value(value)
    }

    fn close(self) -> Written {
        let Writer {
            out, members, sorted, ..
        } = self.writer;
        let own = members.get_mut(self.first..).ok_or(Leave)?;
        if let (Some(begin), true) = (own.first().map(|member| member.from), out.ends_with(',')) {
            out.pop();
            // Without the quotation marks: a key that another one begins with comes before it.
            let key = |member: &Member| {
                let quoted = out.get(member.from..member.key_to).unwrap_or_default();
                quoted.trim_matches('"')
            };
            if !own.is_sorted_by(|left, right| key(left) < key(right)) {
                own.sort_unstable_by(|left, right| key(left).cmp(key(right)));
                if !own.is_sorted_by(|left, right| key(left) < key(right)) {
                    return Err(Leave);
                }
                sorted.clear();
                for member in own.iter() {
                    if !sorted.is_empty() {
                        sorted.push(',');
                    }
                    sorted.push_str(out.get(member.from..member.to).ok_or(Leave)?);
                }
                out.truncate(begin);
                out.push_str(sorted);
            }
        }
        members.truncate(self.first);
        out.push('}');
        self.writer.leave();
        Ok(())
    }
}

/// Methods that all say the same: leave it to the tree.
macro_rules! left_to_the_tree {
    ($($name:ident: $kind:ty),* $(,)?) => {
        $(fn $name(self, _: $kind) -> Written { Err(Leave) })*
    };
}

macro_rules! integers {
    ($($name:ident: $kind:ty),* $(,)?) => {
        $(fn $name(self, value: $kind) -> Written {
            let value = i64::from(value);
            self.integer(value < 0, value.unsigned_abs())
        })*
    };
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Leave;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = Impossible<(), Leave>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Impossible<(), Leave>;

    left_to_the_tree! { serialize_i128: i128, serialize_u128: u128, serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8] }
    integers! { serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32 }

    fn serialize_u64(self, value: u64) -> Written {
        self.integer(false, value)
    }

    fn serialize_bool(self, value: bool) -> Written {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Written {
        write_string(&mut self.out, value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Written {
        write_string(&mut self.out, value);
        Ok(())
    }

    fn serialize_none(self) -> Written {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        let mut object = Object::open(self)?;
        object.member(variant, value)?;
        object.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Leave> {
        List::open(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Leave> {
        List::open(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Leave> {
        List::open(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Leave> {
        Err(Leave)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, Leave> {
        Object::open(self)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Object<'a>, Leave> {
        // Structs with a name of their own kind are messages between serde_json and itself (raw values).
        if name.starts_with('$') {
            return Err(Leave);
        }
        Object::open(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Leave> {
        Err(Leave)
    }
}

macro_rules! list {
    ($($kind:ident: $method:ident),* $(,)?) => {
        $(impl ser::$kind for List<'_> {
            type Ok = ();
            type Error = Leave;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
                self.item(value)
            }

            fn end(self) -> Written {
                self.close();
                Ok(())
            }
        })*
    };
}

list! { SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field }

impl ser::SerializeStruct for Object<'_> {
    type Ok = ();
    type Error = Leave;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Written {
        self.member(key, value)
    }

    fn end(self) -> Written {
        self.close()
    }
}

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Leave;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Written {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Written {
        self.value(value)
    }

    fn end(self) -> Written {
        self.close()
    }
}
