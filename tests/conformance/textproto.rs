//! A reader of protobuf's text format, as far as the conformance data uses it.

/// A field's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Field {
    /// A number or a word.
    Word(String),
    /// A string, adjacent literals joined.
    Text(Vec<u8>),
    /// Fields in braces.
    Message(Message),
}

/// Fields in order; repeated ones stand more than once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Message {
    pub(crate) fields: Vec<(String, Field)>,
}

impl Message {
    pub(crate) fn all<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m Field> {
        let name = name.to_owned();
        self.fields.iter().filter(move |(field, _)| *field == name).map(|(_, value)| value)
    }

    pub(crate) fn message(&self, name: &str) -> Option<&Message> {
        self.messages(name).next()
    }

    pub(crate) fn messages<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m Message> {
        self.all(name).filter_map(|field| match field {
            Field::Message(message) => Some(message),
            _ => None,
        })
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.all(name).find_map(|field| match field {
            Field::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        })
    }

    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.all(name).find_map(|field| match field {
            Field::Word(word) => Some(word.as_str()),
            _ => None,
        })
    }

    /// Whether this message or one inside has a field of this name.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.fields
            .iter()
            .any(|(field, value)| field == name || matches!(value, Field::Message(message) if message.mentions(name)))
    }
}

/// Reads a whole file; panics where it is not in the format.
pub(crate) fn read(text: &str) -> Message {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    let message = reader.message(None);
    assert_eq!(reader.at, text.len(), "text is left over");
    message
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at)? {
                b'#' => self.at += self.text[self.at..].iter().take_while(|byte| **byte != b'\n').count(),
                byte if byte.is_ascii_whitespace() || matches!(byte, b',' | b';') => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    fn message(&mut self, close: Option<u8>) -> Message {
        let mut message = Message::default();
        while let Some(byte) = self.peek() {
            if Some(byte) == close {
                self.at += 1;
                return message;
            }
            let name = self.name(byte);
            if self.peek() == Some(b':') {
                self.at += 1;
            }
            for value in self.values() {
                message.fields.push((name.clone(), value));
            }
        }
        assert_eq!(close, None, "a message is not closed");
        message
    }

    fn name(&mut self, first: u8) -> String {
        let start = self.at;
        if first == b'[' {
            self.at += self.text[self.at..].iter().take_while(|byte| **byte != b']').count() + 1;
        } else {
            self.word();
        }
        assert!(self.at > start, "a name must stand at byte {start}");
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    fn word(&mut self) -> String {
        let start = self.at;
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+');
        self.at += self.text[start..].iter().take_while(part).count();
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    /// One value, or those of a list.
    fn values(&mut self) -> Vec<Field> {
        if self.peek() != Some(b'[') {
            return vec![self.value()];
        }
        self.at += 1;
        let mut values = Vec::new();
        while self.peek() != Some(b']') {
            values.push(self.value());
        }
        self.at += 1;
        values
    }

    fn value(&mut self) -> Field {
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                Field::Message(self.message(Some(b'}')))
            }
            Some(quote @ (b'"' | b'\'')) => {
                let mut text = self.literal(quote);
                while let Some(quote @ (b'"' | b'\'')) = self.peek() {
                    text.extend(self.literal(quote));
                }
                Field::Text(text)
            }
            _ => {
                let word = self.word();
                assert!(!word.is_empty(), "a value must stand at byte {}", self.at);
                Field::Word(word)
            }
        }
    }

    fn literal(&mut self, quote: u8) -> Vec<u8> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let byte = self.text[self.at];
            self.at += 1;
            match byte {
                b'\\' => self.escape(&mut bytes),
                _ if byte == quote => return bytes,
                _ => bytes.push(byte),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) {
        let letter = self.text[self.at];
        self.at += 1;
        match letter {
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(11),
            b'x' | b'X' => bytes.push(self.number(2, 16).try_into().unwrap()),
            b'u' => self.character(4, bytes),
            b'U' => self.character(8, bytes),
            b'0'..=b'7' => {
                self.at -= 1;
                bytes.push(self.number(3, 8).try_into().unwrap());
            }
            other => bytes.push(other),
        }
    }

    fn character(&mut self, digits: usize, bytes: &mut Vec<u8>) {
        let char = char::from_u32(self.number(digits, 16)).unwrap();
        bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn number(&mut self, most: usize, radix: u32) -> u32 {
        let digit = |byte: &&u8| char::from(**byte).is_digit(radix);
        let count = self.text[self.at..].iter().take(most).take_while(digit).count();
        let digits = std::str::from_utf8(&self.text[self.at..self.at + count]).unwrap();
        self.at += count;
        u32::from_str_radix(digits, radix).unwrap()
    }
}
